"""What two sides say of the same money, and where they do not agree."""
