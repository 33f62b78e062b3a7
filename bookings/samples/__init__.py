"""The sample world of `manage.py seed_doctors`: doctors, their weeks, patients and visits.

It has three layers; each works without the next:

- data: `specialties`, `consultation_types`, `reasons`, `places`, `names`, `presentations`;
- plans, pure functions of a seed and a clock: `roster` (doctors), `practices`, `week` (hours and
  absences), `agenda` (taken starts), `people` (patients), `story` (status changes), `visits`;
- `world` and `accounts` write the plans down.
"""
