package dev.fleetwright.server.operations;

import dev.fleetwright.core.project.CommitSha;
import dev.fleetwright.core.project.ProjectName;
import dev.fleetwright.core.project.Repositories;
import dev.fleetwright.pipeline.source.SourceTree;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// The files of one commit in a mirror. Links are not followed: only regular files are read.
record MirrorTree(Repositories repositories, ProjectName project, CommitSha sha)
    implements SourceTree {

  @Override
  public List<String> paths() {
    try {
      return repositories.paths(project, sha);
    } catch (IOException e) {
      throw new UncheckedIOException("listing the files of " + sha.brief(), e);
    }
  }

  @Override
  public Content read(String path, int mostBytes) {
    try {
      var bytes = repositories.file(project, sha, path, mostBytes);
      return bytes.isPresent()
          ? new Content.Text(
              StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes.get())).toString())
          : new Content.Missing();
    } catch (CharacterCodingException _) {
      return new Content.Refused("is not UTF-8");
    } catch (IOException e) {
      return new Content.Refused("cannot be read: " + e.getMessage());
    }
  }
}
