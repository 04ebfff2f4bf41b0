"""The detector: judges every sample against the entity's own baseline and tells incidents.

`settings`, `metrics`; pure: `state` `window` `watches` `baseline` `judgement` `limits` `late` `lifecycle` `engine`; shell: `app`, `main`.
"""
