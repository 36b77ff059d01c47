// Copyright 2026 The Gnomon Authors
// SPDX-License-Identifier: Apache-2.0

// The provider: one class, three interfaces. It translates; every decision about shadow copies is the service's.
//
// Threads: any method on any thread at any time. The context is the only state of an object, and atomic; sets live in the service.
#pragma once

#include <atomic>

#include "gnomon/caller.h"
#include "gnomon/refcount.h"
#include "gnomon/results.h"

namespace gnomon {

struct Answer;
struct Subject;

class Provider final : public IVssSoftwareSnapshotProvider, public IVssProviderCreateSnapshotSet, public IVssProviderNotifications {
public:
    /** A new object's interface {@code iid}, with one reference. */
    static HRESULT create(REFIID iid, void** object) noexcept;

    Provider(const Provider&) = delete;
    Provider& operator=(const Provider&) = delete;

    STDMETHODIMP QueryInterface(REFIID iid, void** object) override;
    STDMETHODIMP_(ULONG) AddRef() override;
    STDMETHODIMP_(ULONG) Release() override;

    // IVssSoftwareSnapshotProvider
    STDMETHODIMP SetContext(LONG context) override;
    STDMETHODIMP GetSnapshotProperties(VSS_ID snapshotId, VSS_SNAPSHOT_PROP* properties) override;
    STDMETHODIMP Query(VSS_ID objectId, VSS_OBJECT_TYPE queried, VSS_OBJECT_TYPE returned, IVssEnumObject** enumerator) override;
    STDMETHODIMP DeleteSnapshots(VSS_ID sourceId, VSS_OBJECT_TYPE type, BOOL force, LONG* deleted, VSS_ID* nondeletedId) override;
    STDMETHODIMP BeginPrepareSnapshot(VSS_ID setId, VSS_ID snapshotId, VSS_PWSZ volume, LONG context) override;
    STDMETHODIMP IsVolumeSupported(VSS_PWSZ volume, BOOL* supported) override;
    STDMETHODIMP IsVolumeSnapshotted(VSS_PWSZ volume, BOOL* present, LONG* compatibility) override;
    STDMETHODIMP SetSnapshotProperty(VSS_ID snapshotId, VSS_SNAPSHOT_PROPERTY_ID property, VARIANT value) override;
    STDMETHODIMP RevertToSnapshot(VSS_ID snapshotId) override;
    STDMETHODIMP QueryRevertStatus(VSS_PWSZ volume, IVssAsync** async) override;

    // IVssProviderCreateSnapshotSet
    STDMETHODIMP EndPrepareSnapshots(VSS_ID setId) override;
    STDMETHODIMP PreCommitSnapshots(VSS_ID setId) override;
    STDMETHODIMP CommitSnapshots(VSS_ID setId) override;
    STDMETHODIMP PostCommitSnapshots(VSS_ID setId, LONG snapshotsCount) override;
    STDMETHODIMP PreFinalCommitSnapshots(VSS_ID setId) override;
    STDMETHODIMP PostFinalCommitSnapshots(VSS_ID setId) override;
    STDMETHODIMP AbortSnapshots(VSS_ID setId) override;

    // IVssProviderNotifications
    STDMETHODIMP OnLoad(IUnknown* callback) override;
    STDMETHODIMP OnUnload(BOOL force) override;

    /** Who asks COM about callers; only tests set another. */
    void setCallerSource(const CallerSource& source) noexcept { caller_ = &source; }

    /** Asks the service; if it does not answer, the answer is {@code otherwise}. Also for the IVssAsync of this provider. */
    Answer ask(Call call, Arguments arguments, HRESULT otherwise, std::uint32_t extraMillis = 0);

private:
    explicit Provider(Runtime& runtime) noexcept;
    ~Provider();

    Request request(Call call) const noexcept;
    Answer answerOf(Outcome&& outcome, HRESULT otherwise);
    /** Who calls; the event log is told of each account and level once. */
    Caller caller(Method method, const Subject& subject);
    /** Nothing if the caller may go on, else what to return. */
    bool refused(Method method, const Subject& subject, Answer& answer);
    Answer askAboutSet(Call call, const VSS_ID& setId);

    Runtime& runtime_;
    const std::uint32_t object_;
    const CallerSource* caller_ = &kComCaller;
    std::atomic<std::int32_t> context_{0};
    RefCount references_;
};

/** An IVssAsync of a revert, with one reference; keeps {@code provider} alive. Null if there is no memory. */
IVssAsync* newRevertAsync(Provider& provider, const Guid& revertId) noexcept;

}  // namespace gnomon
