"""Files of many rows: what they hold (``sources``), how they are written, and how they are sent."""
