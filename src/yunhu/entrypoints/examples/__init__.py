"""The example hall, shipped with the product: a first start loads it."""
