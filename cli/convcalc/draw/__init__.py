"""Pictures of networks as boxes, frames and lines in their places; no format is known here."""
