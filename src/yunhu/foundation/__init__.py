"""What every room stands on. Nothing here knows a word of the business."""
