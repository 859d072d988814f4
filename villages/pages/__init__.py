"""The pages that only this package has."""
