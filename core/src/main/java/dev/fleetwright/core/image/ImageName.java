package dev.fleetwright.core.image;

import dev.fleetwright.core.artifact.Digest;
import java.util.Optional;
import java.util.regex.Pattern;

/// What an image is called: `registry.example/shop/web:1.2@sha256:…`. With a digest it means one
/// image for ever; with a tag alone, whichever has that tag when a registry is asked.
///
/// Names without a registry are read as container engines read them: `nginx` is
/// `docker.io/library/nginx`. The grammar is that of the OCI distribution specification.
///
/// @param registry host, with `:port` where there is one
/// @param repository the path in the registry
public record ImageName(
    String registry, String repository, Optional<String> tag, Optional<Digest> digest) {

  private static final String HUB = "docker.io";

  private static final Pattern REGISTRY =
      Pattern.compile(
          "[a-zA-Z0-9]([a-zA-Z0-9-]*[a-zA-Z0-9])?(\\.[a-zA-Z0-9]([a-zA-Z0-9-]*[a-zA-Z0-9])?)*(:[0-9]{1,5})?");
  private static final Pattern REPOSITORY =
      Pattern.compile("[a-z0-9]+((\\.|_|__|-+)[a-z0-9]+)*(/[a-z0-9]+((\\.|_|__|-+)[a-z0-9]+)*)*");
  private static final Pattern TAG = Pattern.compile("[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}");
  private static final int LONGEST = 1_000;

  /// Read a name; empty if it is none.
  public static Optional<ImageName> parse(String text) {
    if (text.length() > LONGEST) {
      return Optional.empty();
    }
    var rest = text;
    var digest = Optional.<Digest>empty();
    var at = rest.indexOf('@');
    if (at >= 0) {
      digest = digest(rest.substring(at + 1));
      if (digest.isEmpty()) {
        return Optional.empty();
      }
      rest = rest.substring(0, at);
    }
    var tag = Optional.<String>empty();
    var colon = rest.lastIndexOf(':');
    if (colon > rest.lastIndexOf('/')) {
      tag = Optional.of(rest.substring(colon + 1)).filter(t -> TAG.matcher(t).matches());
      if (tag.isEmpty()) {
        return Optional.empty();
      }
      rest = rest.substring(0, colon);
    }
    var slash = rest.indexOf('/');
    var first = slash < 0 ? "" : rest.substring(0, slash);
    var named = first.contains(".") || first.contains(":") || first.equals("localhost");
    var registry = named ? first : HUB;
    var path = named ? rest.substring(slash + 1) : rest;
    var repository = registry.equals(HUB) && !path.contains("/") ? "library/" + path : path;
    return REGISTRY.matcher(registry).matches() && REPOSITORY.matcher(repository).matches()
        ? Optional.of(new ImageName(registry, repository, tag, digest))
        : Optional.empty();
  }

  /// Read `sha256:…`; empty if it is none.
  public static Optional<Digest> digest(String text) {
    return text.matches("sha256:[0-9a-f]{64}") ? Optional.of(Digest.parse(text)) : Optional.empty();
  }

  /// Registry and repository: `registry.example/shop/web`.
  public String place() {
    return registry + "/" + repository;
  }

  /// Without tag and digest.
  public ImageName bare() {
    return new ImageName(registry, repository, Optional.empty(), Optional.empty());
  }

  /// This name with a tag and no digest.
  public ImageName tagged(String other) {
    return new ImageName(registry, repository, Optional.of(other), Optional.empty());
  }

  /// This name, of one image for ever. The tag stays, for people.
  public ImageName pinned(Digest to) {
    return new ImageName(registry, repository, tag, Optional.of(to));
  }

  /// As targets get it: place and digest, without a tag that could mean something else later.
  ///
  /// @throws java.util.NoSuchElementException if it is not pinned
  public String exact() {
    return place() + "@" + digest.orElseThrow();
  }

  /// Whether this place is that prefix or lies below it: `registry.example/shop` covers
  /// `registry.example/shop/web` and not `registry.example/shopping`.
  public boolean within(String prefix) {
    return place().equals(prefix) || place().startsWith(prefix + "/");
  }

  @Override
  public String toString() {
    return place() + tag.map(t -> ":" + t).orElse("") + digest.map(d -> "@" + d).orElse("");
  }
}
