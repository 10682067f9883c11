package dev.fleetwright.core.project;

import java.time.Instant;

/// A Git repository under care.
///
/// @param repository what is fetched: a URL or an absolute path; never holds a credential
/// @param defaultBranch the branch whose `fleetwright.yml` sets the policy
public record Project(
    ProjectName name, String repository, String defaultBranch, Instant createdAt) {}
