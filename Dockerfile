# One file for every image of Satark:
#   docker build --build-arg SERVICE=detector --tag satark-detector:0.1.0 .
# SERVICE is poller, detector, notifier, sandesh-gateway, analytics or simulators (the distribution satark-<SERVICE>).
# PYTHON_IMAGE has `python` 3.11 to 3.13 with venv. WHEELS names an image with what the package index would be asked for,
# under /wheels: with it nothing is fetched from anywhere. deploy/airgap makes both where no registry can be reached.
ARG PYTHON_IMAGE=python:3.13-slim-trixie
ARG WHEELS=no-wheels
ARG SERVICE

FROM scratch AS no-wheels
COPY LICENSE /wheels/

# hadolint ignore=DL3006
FROM ${WHEELS} AS wheels

FROM ${PYTHON_IMAGE} AS build
SHELL ["/bin/bash", "-euo", "pipefail", "-c"]
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 \
    PIP_NO_CACHE_DIR=1 \
    UV_NO_CACHE=1 \
    UV_PYTHON_DOWNLOADS=never \
    PATH=/opt/tools/bin:$PATH
WORKDIR /src
COPY --from=wheels /wheels /wheels
COPY constraints.txt pyproject.toml ./
RUN if [ -n "$(find /wheels -name "*.whl" -print -quit)" ]; then \
      printf '[global]\nno-index = true\nfind-links = /wheels\n' >/etc/pip.conf; \
      install --directory /etc/uv; \
      printf 'no-index = true\nfind-links = ["/wheels"]\n' >/etc/uv/uv.toml; \
    fi \
    && python -m venv /opt/tools \
    && pip install --constraint constraints.txt uv cyclonedx-bom
COPY LICENSE ./
COPY schemas ./schemas
COPY libs ./libs
COPY services ./services
COPY simulators ./simulators
COPY deploy/sbom.py ./deploy/
ARG SERVICE
ARG VERSION=0.1.0
# Our own distributions are installed by file name, so that no index is ever asked for one of that name.
RUN : "${SERVICE:?--build-arg SERVICE= one of poller, detector, notifier, sandesh-gateway, analytics, simulators}" \
    && set -- schemas runtime "${SERVICE}" \
    && case "${SERVICE}" in detector) set -- "$@" uve ;; sandesh-gateway|simulators) set -- "$@" sandesh ;; \
         analytics) set -- "$@" sandesh uve ;; esac \
    && for name in "$@"; do \
         uv build --wheel --package "satark-${name}" --build-constraints constraints.txt --out-dir /built; \
       done \
    && python -m venv --without-pip /opt/satark \
    && uv pip install --python /opt/satark/bin/python --constraint constraints.txt --compile-bytecode /built/*.whl \
    && cyclonedx-py environment --output-reproducible --output-file /tmp/python.json /opt/satark/bin/python \
    && python deploy/sbom.py "satark-${SERVICE}" "${VERSION}" </tmp/python.json >/sbom.json

FROM ${PYTHON_IMAGE} AS runtime
# The root file system may be read-only: nothing is written but to /tmp, and by analytics and the mail catcher to their volumes.
ENV PATH=/opt/satark/bin:$PATH \
    HOME=/tmp \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    PYTHONSAFEPATH=1 \
    SATARK_OPS_LISTEN=0.0.0.0:9100
# A named volume takes its owner from here. What the base installs packages of Python with is nobody's business any more.
RUN install --directory --owner=65532 --group=65532 --mode=0750 /var/lib/satark \
    && rm -rf /usr/share/python-wheels /usr/lib/python3*/ensurepip /usr/local/lib/python3*/ensurepip \
         /usr/local/lib/python3*/site-packages/pip* /usr/local/bin/pip*
COPY LICENSE /usr/share/doc/satark/LICENSE
COPY --from=build /sbom.json /usr/share/doc/satark/sbom.json
COPY --from=build /opt/satark /opt/satark
ARG SERVICE
ARG VERSION=0.1.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="satark-${SERVICE}" \
      org.opencontainers.image.description="Network analytics on a stream: the ${SERVICE} of Satark" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.vendor="Satark" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
WORKDIR /tmp
# By number: Kubernetes' runAsNonRoot cannot check a name.
USER 65532:65532
EXPOSE 9100
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=6s --start-period=60s --retries=3 CMD ["satark", "healthcheck"]
ENTRYPOINT ["satark"]

# The exec form of CMD knows no variables, hence a stage a service.
FROM runtime AS run-poller
CMD ["poller"]

FROM runtime AS run-detector
CMD ["detector"]

FROM runtime AS run-notifier
CMD ["notifier"]

FROM runtime AS run-sandesh-gateway
CMD ["gateway"]
EXPOSE 8086

FROM runtime AS run-analytics
CMD ["analytics"]
EXPOSE 8081

FROM runtime AS run-simulators
CMD ["simulate-vco"]

# hadolint ignore=DL3006
FROM run-${SERVICE}
