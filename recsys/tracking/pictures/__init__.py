"""Pictures of a trial and of a sweep: Plotly figures, the PNG files drawn from them, and Projector files."""
