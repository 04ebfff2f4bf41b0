"""VMware VeloCloud SD-WAN orchestrators (VCO): the v1 portal API and the v2 REST API, told alike."""
