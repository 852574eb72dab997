"""Technical match: how well a resume answers a requisition's description (design section 7, its BM25 part)."""
