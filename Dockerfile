# Builds the same jar as ./pglynx and puts it on a JRE. Build: docker build -t pglynx .
# Run: docker run -p 6432:6432 -v "$PWD/pglynx.toml:/etc/pglynx/pglynx.toml:ro" pglynx
FROM eclipse-temurin:25-jdk AS build
RUN apt-get update \
 && apt-get install -y --no-install-recommends maven nodejs npm \
 && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY pom.xml ./
COPY .mvn .mvn
COPY ml-engine ml-engine
COPY proxy proxy
COPY dashboard dashboard
COPY demo demo
COPY bench bench
# The tests have run before an image is built, in .ci/run.
RUN mvn -B -ntp -Dmaven.test.skip=true -Dspotless.skip=true -Djacoco.skip=true -pl proxy -am package

FROM eclipse-temurin:25-jre
# XGBoost's native library needs OpenMP.
RUN apt-get update \
 && apt-get install -y --no-install-recommends libgomp1 \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin pglynx
COPY --from=build /src/proxy/target/pglynx.jar /opt/pglynx/pglynx.jar
COPY config/jvm.options config/aot-cache.sh config/image-start config/image-health /opt/pglynx/
# Here, as a cache is good for one build of the JVM. An image without it only starts more slowly.
RUN . /opt/pglynx/aot-cache.sh \
 && { make_cache "$JAVA_HOME" /opt/pglynx/pglynx.jar /opt/pglynx/jvm.options /opt/pglynx/pglynx.aot \
 || cat /opt/pglynx/pglynx.aot.log; }
COPY config/pglynx.toml /etc/pglynx/pglynx.toml
USER pglynx
EXPOSE 6432
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=5s CMD ["/opt/pglynx/image-health"]
ENTRYPOINT ["/opt/pglynx/image-start"]
CMD ["run", "/etc/pglynx/pglynx.toml"]
