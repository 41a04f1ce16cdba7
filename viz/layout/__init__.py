"""Where everything stands: from boxes, links and groups to places and curves."""
