# One image for the desk, the watcher and every other command: docs/operations.md says how to run it.
#
#     docker build -t onrecord .
#
# Versions are those of uv.lock, each archive checked against its digest; all come as wheels, for amd64 and arm64.

FROM python:3.12-slim AS build
ENV UV_COMPILE_BYTECODE=1 UV_LINK_MODE=copy UV_PYTHON_DOWNLOADS=never
RUN ["pip", "install", "--no-cache-dir", "--disable-pip-version-check", "--root-user-action", "ignore", "uv==0.13.9"]
WORKDIR /src
COPY pyproject.toml uv.lock ./
RUN uv venv /opt/onrecord && \
    uv export --quiet --frozen --no-dev --no-emit-project \
        --extra parquet --extra bundle --extra metrics --extra postgres --output-file /tmp/locked.txt && \
    uv pip install --python /opt/onrecord --no-cache --require-hashes --no-build --requirement /tmp/locked.txt
COPY hatch_build.py README.md LICENSE ./
COPY front front
COPY src src
RUN uv build --wheel --out-dir /wheels && \
    uv pip install --python /opt/onrecord --no-cache --no-deps /wheels/*.whl
# Where npm is out of reach a wheel is built without the front-end files; an image has them, or is none.
RUN test -s /opt/onrecord/lib/python3.12/site-packages/onrecord/web/static/vendor/htmx.min.js

FROM python:3.12-slim
LABEL org.opencontainers.image.title="OnRecord" \
      org.opencontainers.image.licenses="Apache-2.0"
RUN groupadd --gid 10001 onrecord && \
    useradd --uid 10001 --gid 10001 --no-create-home --home-dir /data --shell /usr/sbin/nologin onrecord && \
    install --directory --owner 10001 --group 10001 --mode 0750 /data
COPY --from=build /opt/onrecord /opt/onrecord
ENV PATH=/opt/onrecord/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    ONRECORD_DB=/data/record.db \
    ONRECORD_DESK=/data/desk.db \
    ONRECORD_LOG_FORMAT=json
USER 10001:10001
WORKDIR /data
VOLUME /data
EXPOSE 8734
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --retries=3 \
    CMD ["python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:8734/readyz', timeout=4)"]
ENTRYPOINT ["onrecord"]
CMD ["--help"]
