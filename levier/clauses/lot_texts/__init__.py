"""From what is signed for a lot to its texts: drafted for each lever, checked, filled, exported."""
