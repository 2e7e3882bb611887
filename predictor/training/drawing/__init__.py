"""Pictures that the training draws itself: digits in shapes that MNIST lacks, and what is no digit."""
