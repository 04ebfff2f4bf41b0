# One file for every image of Satark:
#   docker build --build-arg SERVICE=detector --tag satark-detector:0.1.0 .
# SERVICE is poller, detector, notifier, sandesh-gateway or simulators (the distribution satark-<SERVICE>).
ARG PYTHON_IMAGE=python:3.13-slim-trixie
ARG SERVICE

FROM ${PYTHON_IMAGE} AS build
ARG SERVICE
SHELL ["/bin/bash", "-euo", "pipefail", "-c"]
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 \
    PIP_NO_CACHE_DIR=1 \
    PIP_ROOT_USER_ACTION=ignore \
    UV_NO_CACHE=1 \
    UV_PYTHON_DOWNLOADS=never
WORKDIR /src
COPY constraints.txt ./
RUN pip install --constraint constraints.txt uv
COPY pyproject.toml LICENSE ./
COPY schemas ./schemas
COPY libs ./libs
COPY services ./services
COPY simulators ./simulators
# Our own distributions are installed by file name, so that no index is ever asked for one of that name.
RUN : "${SERVICE:?--build-arg SERVICE= one of poller, detector, notifier, sandesh-gateway, analytics, simulators}" \
    && set -- schemas runtime "${SERVICE}" \
    && case "${SERVICE}" in detector) set -- "$@" uve ;; sandesh-gateway|simulators) set -- "$@" sandesh ;; \
         analytics) set -- "$@" sandesh uve ;; esac \
    && for name in "$@"; do \
         uv build --wheel --package "satark-${name}" --build-constraints constraints.txt --out-dir /wheels; \
       done \
    && python -m venv --without-pip /opt/satark \
    && uv pip install --python /opt/satark/bin/python --constraint constraints.txt --compile-bytecode /wheels/*.whl

FROM ${PYTHON_IMAGE} AS runtime
ARG SERVICE
ARG VERSION=0.1.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="satark-${SERVICE}" \
      org.opencontainers.image.description="Network analytics on a stream: the ${SERVICE} of Satark" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.vendor="Satark" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
# The root file system may be read-only: nothing is written but to /tmp, and by analytics and the mail catcher to their volumes.
ENV PATH=/opt/satark/bin:$PATH \
    HOME=/tmp \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    PYTHONSAFEPATH=1 \
    SATARK_OPS_LISTEN=0.0.0.0:9100
# A named volume takes its owner from here.
RUN install --directory --owner=65532 --group=65532 --mode=0750 /var/lib/satark
COPY LICENSE /usr/share/doc/satark/LICENSE
COPY --from=build /opt/satark /opt/satark
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

FROM runtime AS run-simulators
CMD ["simulate-vco"]

# hadolint ignore=DL3006
FROM run-${SERVICE}
