#!/bin/sh
# Lay the font, its licence and its style sheet where the pages look for them, out of the installed npm package.
set -eu
cd "$(dirname "$0")/.."
from=node_modules/@fontsource-variable/figtree
to=portal/static/portal/fonts
mkdir -p "$to"
cp "$from/files/figtree-latin-wght-normal.woff2" "$to/"
cp "$from/LICENSE" "$to/figtree-LICENSE.txt"
cat > "$to/figtree.css" <<'CSS'
@font-face {
  font-family: "Figtree";
  src: url("figtree-latin-wght-normal.woff2") format("woff2");
  font-weight: 300 900;
  font-style: normal;
  font-display: swap;
}
CSS
