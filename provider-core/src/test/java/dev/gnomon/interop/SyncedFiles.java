/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.interop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gnomon.testkit.Xoshiro256;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Writes files in a file system until told to end, forces each before the next, deletes the oldest, and remembers when
 * each step was begun and done. From that follows what a copy of the file system must hold, may hold and must not hold.
 *
 * <p>All times are of {@link System#nanoTime}. One thread writes; what it remembers may be asked for at any time.
 */
final class SyncedFiles implements AutoCloseable {
    /** Folders stay small, because a driver that writes no journal splits a large one in several steps. */
    private static final int FILES_PER_FOLDER = 16;

    private static final String FOLDER = "folder-";
    private static final int FILE_BYTES_MAX = 128 << 10;

    /** The time of what has not happened. */
    private static final long NEVER = Long.MAX_VALUE;

    private final Path root;
    private final int kept;
    private final Xoshiro256 random;
    private final Map<String, Life> lives = new TreeMap<>();
    private final Deque<String> present = new ArrayDeque<>();
    private final Thread thread;
    private boolean ending;
    private int synced;
    private @Nullable Throwable failure;

    /**
     * What became of one file.
     *
     * @param hash SHA-256 of what it holds once it is synced
     * @param begun when it was about to be made
     * @param synced when its fsync had returned
     * @param deleting when it was about to be deleted
     * @param deleted when that had returned
     */
    private record Life(String hash, long begun, long synced, long deleting, long deleted) {
        /** Whether a step was under way at some moment of this span, so that a copy may hold any part of it. */
        boolean isMoving(long asked, long replied) {
            return (begun <= replied && synced >= asked) || (deleting <= replied && deleted >= asked);
        }

        boolean mustBeThere(long asked, long replied) {
            return synced < asked && deleting > replied;
        }

        boolean mustBeGone(long asked, long replied) {
            return begun > replied || deleted < asked;
        }
    }

    /**
     * What a copy of the file system was found to hold.
     *
     * @param files files with the content that was recorded
     * @param moving files that were being written or deleted while the copy was taken
     * @param bytes size of all that was read
     */
    record Found(int files, int moving, long bytes) {}

    private SyncedFiles(Path root, int kept, long seed) {
        this.root = root;
        this.kept = kept;
        this.random = new Xoshiro256(seed);
        this.thread = Thread.ofPlatform().name("synced-files").unstarted(this::write);
    }

    /** Starts writing below a directory, of which {@code kept} files stay. */
    static SyncedFiles start(Workspace workspace, Path root, int kept, long seed) {
        SyncedFiles files = new SyncedFiles(root, kept, seed);
        files.thread.start();
        workspace.closeLater("writer of " + root, files::close);
        return files;
    }

    /** Returns how many files were synced. */
    synchronized int synced() {
        return synced;
    }

    /** Waits until that many more files were synced. */
    void awaitMore(int count) {
        int end = synced() + count;
        Tools.await(end + " files", () -> synced() >= end || !thread.isAlive());
        requireWriting();
    }

    private synchronized void requireWriting() {
        if (failure != null) {
            throw new AssertionError("writing below " + root + " failed: " + failure, failure);
        }
    }

    /** Ends the writing behind the file that is being written, and fails the test if something failed. */
    void end() {
        close();
        requireWriting();
    }

    @Override
    public void close() {
        synchronized (this) {
            ending = true;
        }
        try {
            assertThat(thread.join(Tools.DEADLINE))
                    .as("the writer below " + root + " ends")
                    .isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    // ---- the writer

    private void write() {
        try {
            for (int number = 0; !isEnding(); number++) {
                writeOne(String.format(Locale.ROOT, FOLDER + "%04d/file-%05d", number / FILES_PER_FOLDER, number));
                if (present.size() > kept) {
                    deleteOne(present.removeFirst());
                }
            }
        } catch (IOException | RuntimeException | Error e) {
            synchronized (this) {
                failure = e;
            }
        }
    }

    private synchronized boolean isEnding() {
        return ending;
    }

    private void writeOne(String name) throws IOException {
        byte[] bytes = new byte[1 + random.nextInt(FILE_BYTES_MAX)];
        random.fill(bytes);
        String hash = sha256(bytes);
        long begun = System.nanoTime();
        remember(name, new Life(hash, begun, NEVER, NEVER, NEVER));
        Path file = root.resolve(name);
        Files.createDirectories(root.resolve(name.replaceFirst("/.*", "")));
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            ByteBuffer buffer = ByteBuffer.wrap(bytes);
            while (buffer.hasRemaining()) {
                channel.write(buffer);
            }
            channel.force(true);
        }
        remember(name, new Life(hash, begun, System.nanoTime(), NEVER, NEVER));
        present.addLast(name);
        synchronized (this) {
            synced++;
        }
    }

    private void deleteOne(String name) throws IOException {
        Life life = life(name);
        long deleting = System.nanoTime();
        remember(name, new Life(life.hash(), life.begun(), life.synced(), deleting, NEVER));
        Files.delete(root.resolve(name));
        remember(name, new Life(life.hash(), life.begun(), life.synced(), deleting, System.nanoTime()));
    }

    private synchronized void remember(String name, Life life) {
        lives.put(name, life);
    }

    private synchronized Life life(String name) {
        Life life = lives.get(name);
        assertThat(life).as("what is known of " + name).isNotNull();
        return Objects.requireNonNull(life);
    }

    // ---- the judgement

    /**
     * Reads every file of a copy and fails the test unless it holds what it must: each file that was synced before the
     * copy was asked for, with its content, unless its deletion was begun before the reply; no file that was begun after
     * the reply or deleted before the request. A file that was being written or deleted meanwhile may hold anything, and
     * the driver may find its metadata half written.
     */
    Found verify(Path copy, long asked, long replied) throws IOException {
        Map<String, Life> known;
        synchronized (this) {
            known = new TreeMap<>(lives);
        }
        List<String> there = new ArrayList<>();
        for (String folder : names(copy)) {
            if (folder.startsWith(FOLDER)) {
                names(copy.resolve(folder)).forEach(file -> there.add(folder + "/" + file));
            }
        }
        List<String> wrong = new ArrayList<>();
        int good = 0;
        int moving = 0;
        long total = 0;
        for (String name : there) {
            Life life = known.get(name);
            if (life == null || life.mustBeGone(asked, replied)) {
                wrong.add(name + " is there: " + life);
            } else if (life.isMoving(asked, replied)) {
                moving++;
                read(copy.resolve(name));
            } else {
                byte[] bytes = read(copy.resolve(name));
                total += bytes.length;
                good++;
                if (!sha256(bytes).equals(life.hash())) {
                    wrong.add(name + " of " + bytes.length + " bytes has another content: " + life);
                }
            }
        }
        known.forEach((name, life) -> {
            if (life.mustBeThere(asked, replied) && !there.contains(name)) {
                wrong.add(name + " is missing: " + life);
            }
        });
        assertThat(wrong)
                .as("wrong in the copy asked for at " + asked + ", told at " + replied)
                .isEmpty();
        WorkspaceExtension.COMPARED.add(total);
        return new Found(good, moving, total);
    }

    /** Returns the names in a directory, without asking what each is: one that was in mid-write may not say. */
    private static List<String> names(Path directory) throws IOException {
        List<String> names = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
            entries.forEach(entry -> names.add(String.valueOf(entry.getFileName())));
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        return names;
    }

    /** Returns what a file holds; nothing if it cannot be read, which no file that must be there has a hash of. */
    private static byte[] read(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            return new byte[0];
        }
    }

    private static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }
}
