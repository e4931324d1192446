"""Letters by fax: through a mail-to-fax gateway, by a coordinator's press, each once."""
