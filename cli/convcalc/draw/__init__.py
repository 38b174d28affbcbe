"""Pictures of networks: where boxes, frames and lines are placed, whatever the format."""
