"""From bytes as they come to clean lines: `read` opens and cuts them into blocks, `clean` takes the packaging off."""
