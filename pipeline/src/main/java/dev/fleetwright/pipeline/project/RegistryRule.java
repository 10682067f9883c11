package dev.fleetwright.pipeline.project;

/// A registry, or a part of one, that this server may ask and push to for a project.
///
/// @param place such as `registry.example` or `registry.example/shop`
/// @param insecure whether it may be spoken to without encryption, or with a certificate that
///   nobody vouches for
public record RegistryRule(String place, boolean insecure) {}
