"""An edition and a learner's collection -> a plan that loses nothing, and the plan carried out."""
