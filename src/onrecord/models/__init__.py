"""Shipped weights, a folder and a card each."""
