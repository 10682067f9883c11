package dev.fleetwright.adapters.git;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.eclipse.jgit.lib.Config;
import org.eclipse.jgit.storage.file.FileBasedConfig;
import org.eclipse.jgit.storage.file.WindowCacheConfig;
import org.eclipse.jgit.util.FS;
import org.eclipse.jgit.util.SystemReader;
import org.jspecify.annotations.Nullable;

/// The machine without its Git settings.
///
/// JGit would read the configuration of the user and of the machine, where `url.insteadOf` sends a
/// fetch elsewhere and much else changes what happens; it would also call `git` to find that
/// configuration, and measure the clock of the file system with files of its own, to note the
/// result in the user's home. A server that behaves the same on every machine does none of it.
final class PlainSystem extends SystemReader.Delegate {

  // JGit's own 50 MiB, times a few jobs at once, is more than the server's whole heap may be.
  private static final int LARGEST_IN_MEMORY = 4 << 20;
  private static final AtomicBoolean INSTALLED = new AtomicBoolean();

  private PlainSystem(SystemReader machine) {
    super(machine);
  }

  /// Make JGit in this process see no settings but those of the repositories.
  static void install() {
    if (INSTALLED.compareAndSet(false, true)) {
      SystemReader.setInstance(new PlainSystem(SystemReader.getInstance()));
      var memory = new WindowCacheConfig();
      memory.setStreamFileThreshold(LARGEST_IN_MEMORY);
      memory.install();
    }
  }

  @Override
  public @Nullable String getenv(String variable) {
    return variable.startsWith("GIT_") ? null : super.getenv(variable);
  }

  @Override
  public FileBasedConfig openUserConfig(Config parent, FS fs) {
    return new NoSettings(parent, fs);
  }

  @Override
  public FileBasedConfig openSystemConfig(Config parent, FS fs) {
    return new NoSettings(parent, fs);
  }

  @Override
  public FileBasedConfig openJGitConfig(Config parent, FS fs) {
    return new CoarseClock(parent, fs);
  }

  /// Answers what JGit would measure: how far apart two changes of a file must be to have different
  /// times. The answer suits every file system; it only makes JGit read small files once more.
  private static final class CoarseClock extends NoSettings {
    CoarseClock(Config parent, FS fs) {
      super(parent, fs);
    }

    @Override
    public long getTimeUnit(
        String section, String subsection, String name, long otherwise, TimeUnit unit) {
      return section.equals("filesystem")
          ? unit.convert(FS.FileStoreAttributes.FALLBACK_TIMESTAMP_RESOLUTION)
          : super.getTimeUnit(section, subsection, name, otherwise, unit);
    }
  }

  private static class NoSettings extends FileBasedConfig {
    NoSettings(Config parent, FS fs) {
      super(parent, null, fs);
    }

    @Override
    public void load() {}

    @Override
    public void save() {}

    @Override
    public boolean isOutdated() {
      return false;
    }
  }
}
