"""The end-to-end comparison: starts servers, poolers and load, measures, reports, stops them."""
