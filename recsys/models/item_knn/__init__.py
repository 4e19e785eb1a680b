"""The kind `item_knn`: item-based nearest neighbours (Deshpande and Karypis 2004), with a history as in `ease`."""
