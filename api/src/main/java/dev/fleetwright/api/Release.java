package dev.fleetwright.api;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// What a pipeline made from one commit; never changed afterwards.
///
/// @param version as people call it: `r7`
/// @param images which images those components are that are images
public record Release(
    long id,
    String project,
    long number,
    String version,
    String sha,
    String ref,
    String title,
    String author,
    long pipeline,
    List<Component> components,
    List<Image> images,
    Instant createdAt) {

  /// One named part of what runs.
  ///
  /// @param digest `sha256:…` of its files and settings
  /// @param files how many it has
  /// @param size of its files together, in bytes
  /// @param image when it is one, with its digest
  public record Component(
      String name, String digest, int files, long size, Optional<String> image) {}

  /// A release where another answer speaks of it.
  public record Brief(
      long id, long number, String version, String sha, String ref, String title, String author) {}
}
