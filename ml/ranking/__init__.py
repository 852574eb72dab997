"""Joint ranking (design section 8): its rules are SQL in the warehouse, this is how Python calls them."""
