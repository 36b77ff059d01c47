/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.benchmarks.peers;

import dev.gnomon.benchmarks.sidebyside.BenchFailure;
import dev.gnomon.benchmarks.sidebyside.Content;
import java.nio.file.Path;

/** A peer that takes part in a run, and what its volume must hold. Owned by one thread. */
final class Contender implements AutoCloseable {
    /** A tag has to fit a byte; from here on they begin anew when all older ones were compared. */
    private static final int TAGS_ANEW = 100;

    private static final int TAG_MAX = 255;

    private final PeerType type;
    private final Site site;
    private final Peer peer;
    private Content content;
    private int firstTag = 1;
    private int nextTag = 1;

    Contender(PeerType type, Site site) throws BenchFailure {
        this.type = type;
        this.site = site;
        this.peer = type.maker().make(site);
        this.content = site.content();
    }

    PeerType type() {
        return type;
    }

    Peer peer() {
        return peer;
    }

    Load load() {
        return site.load();
    }

    long sizeBytes() {
        return content.sizeBytes();
    }

    /** Returns a tag that no job has used since the volume was compared. */
    int nextTag() {
        if (nextTag > TAG_MAX) {
            throw new IllegalStateException("more than " + (TAG_MAX - firstTag) + " jobs since the last comparison");
        }
        return nextTag++;
    }

    /** Makes all begin alike: nothing is dirty, and the volume is in the page cache in single pages. */
    void prepare() throws BenchFailure {
        settle();
        for (Path file : peer.files()) {
            load().warm(file);
        }
    }

    /** Writes dirty pages back, so that nobody pays for the one before. */
    void settle() throws BenchFailure {
        site.run("sync", "--file-system", site.directory().toString());
        for (Path file : peer.files()) {
            site.run("sync", "--file-system", file.toString());
        }
    }

    /** Compares the live volume, which becomes what the next comparison expects. */
    void compareLive(String where) throws BenchFailure {
        if (type.keeps()) {
            peer.live().compare(content, what(where, "the volume"), firstTag, nextTag - 1);
            tagsAreCompared();
        }
    }

    /** Compares the copy with what the volume was when it was taken, and the volume with what was written; gives the copy up. */
    void compareAndDrop(String where) throws BenchFailure {
        // No tag is legal: the copy did not change.
        peer.copy().compare(content, what(where, "the copy"), 1, 0);
        Content written = content.copy();
        long changed = peer.live().compare(written, what(where, "the volume"), firstTag, nextTag - 1);
        if (changed == 0) {
            throw new BenchFailure(what(where, "the volume") + ": no piece of it changed");
        }
        if (peer.drop() == Peer.Dropped.LIVE_STAYS) {
            content = written;
        }
        tagsAreCompared();
    }

    private void tagsAreCompared() {
        if (nextTag > TAGS_ANEW) {
            nextTag = 1;
        }
        firstTag = nextTag;
    }

    private String what(String where, String part) {
        return type.id() + ", " + where + ", " + part;
    }

    @Override
    public void close() throws BenchFailure {
        peer.close();
    }
}
