"""The CUDA runtime's constants, under the names that cupy.cuda.runtime has for them."""

# cudaDeviceAttr, by number from 1; None: no name.
_ATTRIBUTES = """MaxThreadsPerBlock MaxBlockDimX MaxBlockDimY MaxBlockDimZ MaxGridDimX MaxGridDimY MaxGridDimZ
MaxSharedMemoryPerBlock TotalConstantMemory WarpSize MaxPitch MaxRegistersPerBlock ClockRate TextureAlignment GpuOverlap
MultiProcessorCount KernelExecTimeout Integrated CanMapHostMemory ComputeMode MaxTexture1DWidth MaxTexture2DWidth
MaxTexture2DHeight MaxTexture3DWidth MaxTexture3DHeight MaxTexture3DDepth MaxTexture2DLayeredWidth MaxTexture2DLayeredHeight
MaxTexture2DLayeredLayers SurfaceAlignment ConcurrentKernels EccEnabled PciBusId PciDeviceId TccDriver MemoryClockRate
GlobalMemoryBusWidth L2CacheSize MaxThreadsPerMultiProcessor AsyncEngineCount UnifiedAddressing MaxTexture1DLayeredWidth
MaxTexture1DLayeredLayers - MaxTexture2DGatherWidth MaxTexture2DGatherHeight MaxTexture3DWidthAlt MaxTexture3DHeightAlt
MaxTexture3DDepthAlt PciDomainId TexturePitchAlignment MaxTextureCubemapWidth MaxTextureCubemapLayeredWidth
MaxTextureCubemapLayeredLayers MaxSurface1DWidth MaxSurface2DWidth MaxSurface2DHeight MaxSurface3DWidth MaxSurface3DHeight
MaxSurface3DDepth MaxSurface1DLayeredWidth MaxSurface1DLayeredLayers MaxSurface2DLayeredWidth MaxSurface2DLayeredHeight
MaxSurface2DLayeredLayers MaxSurfaceCubemapWidth MaxSurfaceCubemapLayeredWidth MaxSurfaceCubemapLayeredLayers
MaxTexture1DLinearWidth MaxTexture2DLinearWidth MaxTexture2DLinearHeight MaxTexture2DLinearPitch MaxTexture2DMipmappedWidth
MaxTexture2DMipmappedHeight ComputeCapabilityMajor ComputeCapabilityMinor MaxTexture1DMipmappedWidth StreamPrioritiesSupported
GlobalL1CacheSupported LocalL1CacheSupported MaxSharedMemoryPerMultiprocessor MaxRegistersPerMultiprocessor ManagedMemory
IsMultiGpuBoard MultiGpuBoardGroupID HostNativeAtomicSupported SingleToDoublePrecisionPerfRatio PageableMemoryAccess
ConcurrentManagedAccess ComputePreemptionSupported CanUseHostPointerForRegisteredMem Reserved92 Reserved93 Reserved94
CooperativeLaunch CooperativeMultiDeviceLaunch MaxSharedMemoryPerBlockOptin CanFlushRemoteWrites HostRegisterSupported
PageableMemoryAccessUsesHostPageTables DirectManagedMemAccessFromHost - - - - MaxBlocksPerMultiprocessor - - - -
ReservedSharedMemoryPerBlock SparseCudaArraySupported HostRegisterReadOnlySupported MaxTimelineSemaphoreInteropSupported
MemoryPoolsSupported GPUDirectRDMASupported GPUDirectRDMAFlushWritesOptions GPUDirectRDMAWritesOrdering
MemoryPoolSupportedHandleTypes""".split()

CONSTANTS = {f"cudaDevAttr{name}": number for number, name in enumerate(_ATTRIBUTES, 1) if name != "-"}

CONSTANTS.update(
    memcpyHostToHost=0, memcpyHostToDevice=1, memcpyDeviceToHost=2, memcpyDeviceToDevice=3, memcpyDefault=4,
    cudaMemoryTypeHost=1, cudaMemoryTypeDevice=2,
    memoryTypeUnregistered=0, memoryTypeHost=1, memoryTypeDevice=2, memoryTypeManaged=3,
    hostAllocDefault=0, hostAllocPortable=1, hostAllocMapped=2, hostAllocWriteCombined=4,
    streamDefault=0, streamNonBlocking=1, streamLegacy=1, streamPerThread=2,
    streamCaptureModeGlobal=0, streamCaptureModeThreadLocal=1, streamCaptureModeRelaxed=2,
    streamCaptureStatusNone=0, streamCaptureStatusActive=1, streamCaptureStatusInvalidated=2,
    eventDefault=0, eventBlockingSync=1, eventDisableTiming=2, eventInterprocess=4,
    cudaIpcMemLazyEnablePeerAccess=1, cudaMemAttachGlobal=1, cudaMemAttachHost=2, cudaMemAttachSingle=4,
    cudaMemAdviseSetReadMostly=1, cudaMemAdviseUnsetReadMostly=2, cudaMemAdviseSetPreferredLocation=3,
    cudaMemAdviseUnsetPreferredLocation=4, cudaMemAdviseSetAccessedBy=5, cudaMemAdviseUnsetAccessedBy=6,
    cudaMemPoolReuseFollowEventDependencies=1, cudaMemPoolReuseAllowOpportunistic=2, cudaMemPoolReuseAllowInternalDependencies=3,
    cudaMemPoolAttrReleaseThreshold=4, cudaMemPoolAttrReservedMemCurrent=5, cudaMemPoolAttrReservedMemHigh=6,
    cudaMemPoolAttrUsedMemCurrent=7, cudaMemPoolAttrUsedMemHigh=8, cudaMemAllocationTypePinned=1, cudaMemHandleTypeNone=0,
    cudaMemHandleTypePosixFileDescriptor=1, cudaMemLocationTypeInvalid=0, cudaMemLocationTypeDevice=1, cudaMemLocationTypeHost=2,
    cudaMemLocationTypeHostNuma=3, cudaMemLocationTypeHostNumaCurrent=4, cudaCpuDeviceId=-1, cudaInvalidDeviceId=-2,
    cudaLimitStackSize=0, cudaLimitPrintfFifoSize=1, cudaLimitMallocHeapSize=2, cudaLimitDevRuntimeSyncDepth=3,
    cudaLimitDevRuntimePendingLaunchCount=4, cudaLimitMaxL2FetchGranularity=5,
    cudaChannelFormatKindSigned=0, cudaChannelFormatKindUnsigned=1, cudaChannelFormatKindFloat=2, cudaChannelFormatKindNone=3,
    cudaArrayDefault=0, cudaArraySurfaceLoadStore=2, cudaResourceTypeArray=0, cudaResourceTypeMipmappedArray=1,
    cudaResourceTypeLinear=2, cudaResourceTypePitch2D=3, cudaAddressModeWrap=0, cudaAddressModeClamp=1, cudaAddressModeMirror=2,
    cudaAddressModeBorder=3, cudaFilterModePoint=0, cudaFilterModeLinear=1, cudaReadModeElementType=0,
    cudaReadModeNormalizedFloat=1, CUDA_R_32F=0, CUDA_R_64F=1, CUDA_R_16F=2, CUDA_R_8I=3, CUDA_C_32F=4, CUDA_C_64F=5, CUDA_C_16F=6,
    CUDA_C_8I=7, CUDA_R_8U=8, CUDA_C_8U=9, CUDA_R_16BF=14)
for _bit, _name in enumerate(("Verbose", "", "KernelNodeParams", "MemcpyNodeParams", "MemsetNodeParams", "HostNodeParams", "EventNodeParams",
                              "ExtSemasSignalNodeParams", "ExtSemasWaitNodeParams", "KernelNodeAttributes", "Handles", "", "", "", "",
                              "ConditionalNodeParams")):
    if _name:
        CONSTANTS[f"cudaGraphDebugDotFlags{_name}"] = 1 << _bit

ERRORS = {1: ("cudaErrorInvalidValue", "invalid argument"), 2: ("cudaErrorMemoryAllocation", "out of memory"),
          101: ("cudaErrorInvalidDevice", "invalid device ordinal"), 400: ("cudaErrorInvalidResourceHandle", "invalid resource handle"),
          401: ("cudaErrorIllegalState", "an illegal state"), 600: ("cudaErrorNotReady", "device not ready"),
          801: ("cudaErrorNotSupported", "operation not supported"),
          900: ("cudaErrorStreamCaptureUnsupported", "not permitted while a stream is being captured"),
          901: ("cudaErrorStreamCaptureInvalidated", "an earlier error spoiled the capture"),
          903: ("cudaErrorStreamCaptureUnmatched", "the capture did not begin on this stream"),
          904: ("cudaErrorStreamCaptureUnjoined", "work on another stream was not joined to the capture"),
          905: ("cudaErrorStreamCaptureIsolation", "a dependency on work outside the capture")}
