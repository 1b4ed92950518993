"""Tests of what the comparison computes; nothing is started. In bench: python3 -m unittest"""
