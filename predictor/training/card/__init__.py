"""A model card's measured part: figures as JSON, plots, and the most confident mistakes as pictures."""
