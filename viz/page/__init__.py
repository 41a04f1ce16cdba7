"""The step-through: the page that shows both passes of a graph one number at a time. Open `stepper` first."""
