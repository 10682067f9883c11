package dev.fleetwright.adapters.registry;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.cloud.tools.jib.http.FailoverHttpClient;
import com.google.cloud.tools.jib.http.Request;
import com.google.cloud.tools.jib.http.Response;
import dev.fleetwright.core.image.ImageName;
import dev.fleetwright.core.image.ReleasedImage.BaseImage;
import java.io.IOException;
import java.net.URL;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Jib's HTTP client, which remembers how it asked for a manifest: jib reads neither annotations
/// nor anything else of a manifest that it has no use for.
final class ManifestRequests extends FailoverHttpClient {

  private static final int MOST_BYTES = 4 * 1024 * 1024;
  private static final ObjectMapper JSON = new ObjectMapper();

  private @Nullable URL url;
  private @Nullable Request request;

  ManifestRequests(boolean insecure) {
    super(insecure, false, _ -> {});
  }

  @Override
  public Response call(String method, URL to, Request asked) throws IOException {
    if (method.equals("GET") && to.getPath().contains("/manifests/")) {
      url = to;
      request = asked;
    }
    return super.call(method, to, asked);
  }

  /// What the manifest that was asked for last says that its image was built from: the annotations
  /// that the OCI image specification keeps for it, which Buildah and Podman write.
  Optional<BaseImage> base() throws IOException {
    if (url == null || request == null) {
      return Optional.empty();
    }
    try (var response = super.call("GET", url, request)) {
      var annotations =
          JSON.readTree(response.getBody().readNBytes(MOST_BYTES)).path("annotations");
      var name = text(annotations, "org.opencontainers.image.base.name");
      var digest = text(annotations, "org.opencontainers.image.base.digest");
      return name.flatMap(ImageName::parse)
          .flatMap(n ->
              digest
                  .flatMap(ImageName::digest)
                  .map(d -> new BaseImage(n.tag().map(n.bare()::tagged).orElse(n.bare()), d)));
    } catch (JsonProcessingException _) {
      return Optional.empty();
    }
  }

  private static Optional<String> text(JsonNode annotations, String name) {
    return Optional.of(annotations.path(name).asText("")).filter(t -> !t.isEmpty());
  }
}
