"""Browser journeys: the real product, served by a real process, seen by headless Chromium."""
