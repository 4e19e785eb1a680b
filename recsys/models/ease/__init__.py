"""The kind `ease`: item weights in closed form (Steck 2019), with a history that weighs recent items more."""
