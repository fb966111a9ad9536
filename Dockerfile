# Darkroom in a container. The torch decides what it draws on:
#   docker build -t darkroom .                              torch from the package index: for CUDA on x86-64
#   docker build -t darkroom --build-arg TORCH_INDEX=URL .  torch from another index: for CPUs, or another CUDA
# (the address of that index stands at torch's own "Get started"). `check` says which torch came, and whether
# the card takes it. A torch for CUDA brings CUDA's libraries itself; the machine needs the driver and NVIDIA's
# container toolkit, no more.
ARG PYTHON=3.11.14-slim-bookworm

FROM python:${PYTHON} AS build
ARG TORCH_INDEX=""
ARG EXTRAS="safety"
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
WORKDIR /src
RUN python -m venv /opt/darkroom
ENV PATH=/opt/darkroom/bin:$PATH
COPY constraints.txt ./
# By itself and first: it is by far the largest, and stays in the build's cache when Darkroom changes.
# Its version comes from constraints.txt.
# hadolint ignore=DL3013
RUN pip install ${TORCH_INDEX:+--index-url "$TORCH_INDEX"} "$(grep '^torch==' constraints.txt)"
COPY . .
RUN pip install -c constraints.txt ".[$EXTRAS]"

FROM python:${PYTHON}
# pg_dump and pg_restore, for the backups of a PostgreSQL database. It must not be older than the server.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install -y --no-install-recommends postgresql-client \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --uid 10001 --user-group --home-dir /data --no-create-home --shell /usr/sbin/nologin darkroom \
    && install -d -o darkroom -g darkroom -m 0700 /data /models
COPY --from=build /opt/darkroom /opt/darkroom
# Of use with EXTRAS=safety,ray: deploy/ray.yaml.
COPY --from=build /src/deploy/ray.sh /opt/darkroom/bin/ray.sh
ENV PATH=/opt/darkroom/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    DATA_DIR=/data \
    DATABASE_URL=sqlite+aiosqlite:////data/darkroom.db \
    HF_HOME=/models \
    MPLCONFIGDIR=/data/cache/matplotlib \
    WEB_HOST=0.0.0.0 \
    WEB_PORT=8080 \
    METRICS_HOST=0.0.0.0 \
    METRICS_PORT=9090 \
    NVIDIA_VISIBLE_DEVICES=all \
    NVIDIA_DRIVER_CAPABILITIES=compute,utility
USER 10001:10001
WORKDIR /data
VOLUME ["/data", "/models"]
EXPOSE 8080 9090
# Long to start: a model may have to be downloaded first.
HEALTHCHECK --interval=30s --timeout=10s --start-period=30m --retries=3 CMD ["python", "-c", "import os, urllib.request as u; u.urlopen('http://127.0.0.1:' + os.environ['METRICS_PORT'] + '/healthz', timeout=8)"]
# No shell between: SIGTERM reaches the bot, which puts back what it is drawing. There is no compiler in here,
# so leave COMPILE off.
STOPSIGNAL SIGTERM
ENTRYPOINT ["python", "-m", "bot"]
CMD ["run"]
