# The portal as one image: web, worker and beat start from it with the commands of portal/local_run.py.
FROM node:22-bookworm-slim AS font
WORKDIR /font
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts --omit=dev

FROM python:3.11-slim-bookworm
ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PORTAL_ENV=production PORTAL_VAR=/var/lib/portal
# Reads pictures of text, in English; more languages: tesseract-ocr-spa and the like, and TEXT_LANGUAGES.
RUN apt-get update -qq && apt-get install -qq -y --no-install-recommends tesseract-ocr=5.3.* && rm -rf /var/lib/apt/lists/*
WORKDIR /portal
COPY requirements/main.txt requirements/
RUN pip install --no-cache-dir --require-hashes -r requirements/main.txt
COPY --from=font /font/node_modules/@fontsource-variable/figtree node_modules/@fontsource-variable/figtree
COPY deploy/font.sh deploy/
RUN deploy/font.sh
COPY . .
# Files are checked in a process of their own, each of which would read the sources anew.
RUN python -m compileall -q portal cases bookings \
  && useradd --system --uid 10001 --home-dir /var/lib/portal --create-home portal
USER 10001
VOLUME /var/lib/portal
EXPOSE 8000
