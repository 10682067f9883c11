/// Contents and caches in a bucket.
@NullMarked
package dev.fleetwright.adapters.s3;

import org.jspecify.annotations.NullMarked;
