"""The actions history as a chain of seals that nobody can cut or change unseen."""
