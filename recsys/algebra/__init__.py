"""Linear algebra that alternating least squares and Gibbs sampling share: small normal equations, one a row."""
