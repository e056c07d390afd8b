"""Did the fix work? Waits for the new container (`wait`), reads its log, asks its endpoints (`endpoints`), and says so (`verdict`)."""
