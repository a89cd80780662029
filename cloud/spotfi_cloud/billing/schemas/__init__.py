"""Bodies of tariffs, parties and documents. Amounts are integers of minor units; a percentage is a decimal number as text."""
