package dev.fleetwright.core.pipeline;

import dev.fleetwright.core.artifact.Digest;
import dev.fleetwright.core.project.ProjectName;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;

/// Archives of files that one run of a job leaves for the next.
///
/// A cache may be gone at any time, and whoever asks for it goes on without. Several jobs may put
/// and open the same one at once: a reader sees one archive or the other, never a part.
public interface CacheStore {

  /// @return empty when there is none under that name
  Optional<InputStream> open(Name name) throws IOException;

  /// Keep an archive; of two under one name the later stays. After a crash the one before is still
  /// there.
  ///
  /// @param archive is only read
  /// @throws IOException also when it is too large to be kept
  void put(Name name, Path archive) throws IOException;

  /// What an archive is found by.
  ///
  /// @param trusted whether jobs of protected branches made it; those of other branches neither see
  ///   nor replace it, unless the cache says `unprotect`
  /// @param key as the job says, with its variables
  record Name(ProjectName project, boolean trusted, String key) {

    /// A name for a file, whatever the key holds.
    public String file() {
      var text = (trusted ? "protected\n" : "non_protected\n") + key;
      return Digest.of(text.getBytes(StandardCharsets.UTF_8)).hex();
    }
  }
}
