package dev.fleetwright.core.project;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/// Gives repositories out to `git fetch`, by the smart protocol over HTTP, versions 0 and 2. Only
/// to read: there is nothing here that takes anything.
public interface RepositoryServing {

  /// What may be fetched: branches and tags of one project, and one commit.
  ///
  /// @param sha which may be on no branch any more
  /// @param name the reference that it has for who fetches, such as `refs/pipelines/7`
  record Offer(ProjectName project, CommitSha sha, String name) {}

  /// Say what there is (`GET …/info/refs?service=git-upload-pack`).
  ///
  /// @param protocol the request's header `Git-Protocol`; empty for none
  void advertise(Offer offer, String protocol, OutputStream out) throws IOException;

  /// Send what is asked for (`POST …/git-upload-pack`).
  ///
  /// @param in not compressed any more
  void send(Offer offer, String protocol, InputStream in, OutputStream out) throws IOException;
}
