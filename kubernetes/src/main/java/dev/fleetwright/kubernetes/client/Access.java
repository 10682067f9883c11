package dev.fleetwright.kubernetes.client;

import java.net.URI;
import java.util.Optional;
import javax.net.ssl.SSLContext;

/// What it takes to speak to one API server.
///
/// @param server its address, without a `/` at the end
/// @param namespace that the kubeconfig's context names
public record Access(
    URI server, SSLContext tls, Credentials credentials, Optional<String> namespace) {}
