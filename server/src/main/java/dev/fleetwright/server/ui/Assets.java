package dev.fleetwright.server.ui;

import dev.fleetwright.core.artifact.Digest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// The stylesheet, scripts and pictures. Each is served under the hash of its content, so browsers
/// may keep it for ever and a new release is seen at once.
final class Assets {

  /// One file as it is served.
  static final class Asset {
    private final String contentType;
    private final byte[] bytes;
    private final String path;

    private Asset(String contentType, byte[] bytes, String path) {
      this.contentType = contentType;
      this.bytes = bytes;
      this.path = path;
    }

    String contentType() {
      return contentType;
    }

    InputStream content() {
      return new ByteArrayInputStream(bytes);
    }

    int length() {
      return bytes.length;
    }

    String path() {
      return path;
    }
  }

  private static final String HTMX = "/META-INF/resources/webjars/htmx.org/2.0.10/dist/htmx.min.js";
  private static final int HASH_DIGITS = 16;

  private final Map<String, Asset> byName = new TreeMap<>();
  private final Map<String, Asset> byPath = new TreeMap<>();

  Assets() {
    keep("fleetwright.css", "text/css; charset=utf-8", "assets/fleetwright.css");
    keep("live.js", "text/javascript; charset=utf-8", "assets/live.js");
    keep("log.js", "text/javascript; charset=utf-8", "assets/log.js");
    keep("htmx.js", "text/javascript; charset=utf-8", HTMX);
    keep("icons.svg", "image/svg+xml", "assets/icons.svg");
    keep("favicon.svg", "image/svg+xml", "assets/favicon.svg");
  }

  private void keep(String name, String contentType, String resource) {
    try (var in = Assets.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw new IllegalStateException("the file " + resource + " is not in the class path");
      }
      var bytes = in.readAllBytes();
      var hash = Digest.of(bytes).hex().substring(0, HASH_DIGITS);
      var asset = new Asset(contentType, bytes, "/assets/" + hash + "/" + name);
      byName.put(name, asset);
      byPath.put(asset.path(), asset);
    } catch (IOException e) {
      throw new UncheckedIOException("reading " + resource, e);
    }
  }

  /// Where a file is served.
  String path(String name) {
    var asset = byName.get(name);
    if (asset == null) {
      throw new IllegalArgumentException("there is no file " + name + " among the assets");
    }
    return asset.path();
  }

  /// The file at a path; empty for another hash or name.
  Optional<Asset> at(String path) {
    return Optional.ofNullable(byPath.get(path));
  }
}
