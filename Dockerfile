# One image: `web`, `migrate`, `manage.py ...` (deploy/image/entrypoint.sh). `make image` builds it.
# `make pin-base-image` adds the digest of this base, where a registry can be reached.
# Its Python is 3.13, and gets Debian's security updates.
ARG BASE_IMAGE=debian:trixie-slim

# --- First stage: everything that is only needed to install

FROM ${BASE_IMAGE} AS build
RUN apt-get update \
 && apt-get install -y --no-install-recommends gcc libc6-dev libpcre2-dev python3-dev python3-pip python3-venv \
 && rm -rf /var/lib/apt/lists/* /var/cache/apt/*
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore PYTHONDONTWRITEBYTECODE=1
RUN python3 -m venv --without-pip /opt/venv && python3 -m venv --without-pip /opt/compile
WORKDIR /app
COPY requirements-build.txt requirements-uwsgi.txt ./
# Of uWSGI's parts those that deploy/uwsgi/uwsgi.ini uses, and no more.
ARG UWSGI_PROFILE_OVERRIDE="embedded_plugins=python,logfile;ssl=false;xml=false;yaml=false;pcre=true"
RUN pip --python /opt/compile/bin/python install --no-compile --require-hashes --no-deps -r requirements-build.txt \
 && pip --python /opt/compile/bin/python wheel --require-hashes --no-deps --no-build-isolation -w /wheels -r requirements-uwsgi.txt \
 && pip --python /opt/venv/bin/python install --no-compile --no-deps --no-index /wheels/*.whl \
 && strip /opt/venv/bin/uwsgi
COPY requirements.txt requirements-tracing.txt ./
# true: with what traces need (docs/operations.md).
ARG TRACING=false
# What no process of ours opens is left out: the libraries' own tests, examples and C sources, other languages, maps,
# pictures in a format that we refuse, and onnxruntime's library for C programs (Python's own module holds it once more).
RUN pip --python /opt/venv/bin/python install --no-compile --require-hashes --no-deps --only-binary :all: -r requirements.txt \
 && if [ "$TRACING" = true ]; then pip --python /opt/venv/bin/python install --no-compile --require-hashes --no-deps --only-binary :all: -r requirements-tracing.txt; fi \
 && cd /opt/venv/lib/python3*/site-packages \
 && find numpy scipy sklearn joblib jsonschema -type d -name tests -prune -exec rm -rf {} + \
 && find . -type f \( -name '*.pyi' -o -name '*.pxd' -o -name '*.pyx' -o -name '*.h' -o -name '*.hpp' -o -name '*.c' -o -name '*.a' \) -delete \
 && find . -path '*/locale/*' -type d -name LC_MESSAGES -not -path '*/locale/en/*' -not -path '*/locale/de/*' -not -path '*/locale/ar/*' -prune -exec rm -rf {} + \
 && rm -f onnxruntime/capi/libonnxruntime.so* \
 && rm -rf onnxruntime/transformers onnxruntime/quantization onnxruntime/tools django/contrib/gis \
    sklearn/datasets/data sklearn/datasets/descr sklearn/datasets/images PIL/_avif.* pillow.libs/libavif*
COPY . .
ENV PATH=/opt/venv/bin:$PATH STATIC_ROOT=/srv/static
# Source maps are named in the files that are collected, so they go afterwards, and so do the packages' own copies.
RUN SECRET_KEY=only-to-collect-static-files VAR_DIR=/tmp/var python manage.py collectstatic --no-input --verbosity 0 \
 && find /srv/static /opt/venv -name '*.map*' -type f -delete \
 && find /opt/venv/lib/python3*/site-packages -path '*/static' -type d -prune -exec rm -rf {} +
# Byte code of the modules that are used, and of no other: a start writes it, loading the models as it does.
RUN SECRET_KEY=only-to-compile ALLOWED_HOSTS=localhost VAR_DIR=/tmp/var PYTHONDONTWRITEBYTECODE= \
    sh -c 'mkdir /tmp/var && python manage.py migrate --verbosity 0 && python manage.py check && python -c "import mnistsite.wsgi"' \
 && rm -rf /tmp/var

# --- Final stage: no compiler, no pip of ours, nothing of the above but its results

FROM ${BASE_IMAGE}
ARG VERSION=unknown
ARG REVISION=unknown
LABEL org.opencontainers.image.title="mnistsite" \
      org.opencontainers.image.description="A trained image classifier in production: signed, verified, served, managed." \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
RUN apt-get update \
 && apt-get install -y --no-install-recommends libpcre2-8-0 libpython3.13 python3 tini \
 && rm -rf /var/lib/apt/lists/* /var/cache/apt/* /usr/lib/python3*/test \
 && groupadd --gid 10001 mnistsite \
 && useradd --uid 10001 --gid 10001 --home-dir /var/lib/mnistsite --no-create-home --shell /usr/sbin/nologin mnistsite \
 && install -d -o 10001 -g 10001 -m 0750 /var/lib/mnistsite \
 && install -d -o 10001 -g 10001 -m 0770 /run/mnistsite \
 && install -d -o 10001 -g 10001 -m 0755 /srv/shared
# Each process counts on one thread per request: more would only fight over the same cores, and take memory.
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 \
    OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 MALLOC_ARENA_MAX=2 \
    STATIC_ROOT=/srv/static VAR_DIR=/var/lib/mnistsite
COPY --from=build /opt/venv /opt/venv
COPY --from=build /srv/static /srv/static
COPY --from=build /app /app
WORKDIR /app
RUN python deploy/image/sbom.py mnistsite "${VERSION}" trained_models > /sbom.cdx.json
USER 10001:10001
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --retries=3 CMD ["python", "-IS", "/app/deploy/image/healthcheck.py"]
ENTRYPOINT ["/usr/bin/tini", "--", "/app/deploy/image/entrypoint.sh"]
CMD ["web"]
