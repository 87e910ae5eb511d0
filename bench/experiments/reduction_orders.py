"""Which mapping of the fixed reduction order (docs/decisions.md) reaches the memory's speed on a GPU?

Needs a GPU with CuPy and PyTorch:  python bench/experiments/reduction_orders.py
Last logical axis: tile of 4096 elements, lane = index mod 128, serial in each lane, then a halving butterfly. One warp
takes one tile. `scalar`: thread t holds lanes t, t+32, t+64, t+96 (coalesced 4-byte loads); `vec4`: lanes 4t..4t+3
(16-byte loads). Both give the same tree and so the same bits. Other axes: 64 rows serial for each column, recurse.
"""
import cupy as cp
import numpy as np
import torch

SOURCE = r'''
extern "C" __global__ void __launch_bounds__(256) flat_scalar(const float *__restrict__ x, float *__restrict__ out, long long n){
  long long tile=(long long)blockIdx.x*8+threadIdx.x/32; unsigned t=threadIdx.x%32; long long base=tile*4096; if(base>=n) return;
  float a0,a1,a2,a3;
  if(base+4096<=n){ const float*p=x+base+t; a0=p[0];a1=p[32];a2=p[64];a3=p[96];
#pragma unroll UN
    for(int s=1;s<32;s++){ a0=__fadd_rn(a0,p[s*128]); a1=__fadd_rn(a1,p[s*128+32]); a2=__fadd_rn(a2,p[s*128+64]); a3=__fadd_rn(a3,p[s*128+96]); } 
    a0=__fadd_rn(a0,a2); a1=__fadd_rn(a1,a3); a0=__fadd_rn(a0,a1);
    for(int o=16;o;o>>=1) a0=__fadd_rn(a0,__shfl_down_sync(~0u,a0,o));
    if(!t) out[tile]=a0; return; }
  long long m=n-base; float a[4]; 
  for(int c=0;c<4;c++){ a[c]=0; int have=0; for(int s=0;s<32;s++){ long long i=s*128+c*32+t; if(i<m){ a[c]=have?__fadd_rn(a[c],x[base+i]):x[base+i]; have=1; } } }
  int k=m<128?m:128; 
  if(t+64<k) a[0]=__fadd_rn(a[0],a[2]); if(t+96<k) a[1]=__fadd_rn(a[1],a[3]); if(t+32<k) a[0]=__fadd_rn(a[0],a[1]);
  for(int o=16;o;o>>=1){ float v=__shfl_down_sync(~0u,a[0],o); if(t+o<k && t<o) a[0]=__fadd_rn(a[0],v); }
  if(!t) out[tile]=a[0];
}
extern "C" __global__ void __launch_bounds__(256) flat_vec(const float *__restrict__ x, float *__restrict__ out, long long n){
  long long tile=(long long)blockIdx.x*8+threadIdx.x/32; unsigned t=threadIdx.x%32; long long base=tile*4096; if(base+4096>n) return;
  const float4*p=(const float4*)(x+base)+t; float4 a=p[0];
#pragma unroll
  for(int s=1;s<32;s++){ float4 b=p[s*32]; a.x=__fadd_rn(a.x,b.x);a.y=__fadd_rn(a.y,b.y);a.z=__fadd_rn(a.z,b.z);a.w=__fadd_rn(a.w,b.w);} 
  for(int o=16;o;o>>=1){ a.x=__fadd_rn(a.x,__shfl_down_sync(~0u,a.x,o)); a.y=__fadd_rn(a.y,__shfl_down_sync(~0u,a.y,o)); a.z=__fadd_rn(a.z,__shfl_down_sync(~0u,a.z,o)); a.w=__fadd_rn(a.w,__shfl_down_sync(~0u,a.w,o)); }
  if(!t) out[tile]=__fadd_rn(__fadd_rn(a.x,a.z),__fadd_rn(a.y,a.w));
}
// rows x cols, reduce rows (axis 0): 64 rows serial for each column
extern "C" __global__ void __launch_bounds__(256) rows64(const float *__restrict__ x, float *__restrict__ out, long long rows, long long cols, long long total){
  long long i=(long long)blockIdx.x*256+threadIdx.x; if(i>=total) return; long long g=i/cols, c=i-g*cols; long long r0=g*64; const float*p=x+r0*cols+c; 
  if(r0+64<=rows){ float a=p[0];
#pragma unroll UR
   for(int r=1;r<64;r++) a=__fadd_rn(a,p[r*cols]); out[i]=a; }
  else { float a=p[0]; for(long long r=r0+1;r<rows;r++){ p+=cols; a=__fadd_rn(a,*p);} out[i]=a; }
}
// rows x 100: one warp a row (n<=128)
extern "C" __global__ void __launch_bounds__(256) short_rows(const float *__restrict__ x, float *__restrict__ out, long long rows, int n){
  long long r=(long long)blockIdx.x*8+threadIdx.x/32; unsigned t=threadIdx.x%32; if(r>=rows) return; const float*p=x+r*n; float a[4];
#pragma unroll
  for(int c=0;c<4;c++){ int i=c*32+t; a[c]= i<n ? p[i]:0; }
  if(t+64<n) a[0]=__fadd_rn(a[0],a[2]); if(t+96<n) a[1]=__fadd_rn(a[1],a[3]); if(t+32<n) a[0]=__fadd_rn(a[0],a[1]);
  for(int o=16;o;o>>=1){ float v=__shfl_down_sync(~0u,a[0],o); if(t+o<n && t<o) a[0]=__fadd_rn(a[0],v); }
  if(!t) out[r]=a[0];
}
extern "C" __global__ void __launch_bounds__(256) fma3(const float *__restrict__ A,const float *__restrict__ B,const float *__restrict__ C, float *__restrict__ out, long long n){
  long long tile=(long long)blockIdx.x*8+threadIdx.x/32; unsigned t=threadIdx.x%32; long long base=tile*4096; if(base+4096>n) return;
  const float*a=A+base+t,*b=B+base+t,*c=C+base+t; float s0[4];
  for(int k=0;k<4;k++) s0[k]=__fadd_rn(__fmul_rn(a[32*k],b[32*k]),c[32*k]);
#pragma unroll U3
  for(int s=1;s<32;s++) for(int k=0;k<4;k++){ int j=s*128+32*k; s0[k]=__fadd_rn(s0[k],__fadd_rn(__fmul_rn(a[j],b[j]),c[j])); }
  float v=__fadd_rn(__fadd_rn(s0[0],s0[2]),__fadd_rn(s0[1],s0[3]));
  for(int o=16;o;o>>=1) v=__fadd_rn(v,__shfl_down_sync(~0u,v,o)); if(!t) out[tile]=v;
}
'''
def best(f,n=12):
    e0=cp.cuda.Event();e1=cp.cuda.Event();b=1e9
    for _ in range(n):
        e0.record();f();e1.record();e1.synchronize();b=min(b,cp.cuda.get_elapsed_time(e0,e1))
    return b
def flat(k,x,n,bufs):
    src=x;i=0
    while n>1:
        nt=(n+4095)//4096; dst=bufs[i]; (k if n%4096==0 or k is FS else FS)(((nt+7)//8,),(256,),(src,dst,np.int64(n))); src=dst;n=nt;i+=1
    return src
for un in (4,8,31):
    m=cp.RawModule(code=SOURCE,options=(f'-DUN={un}',f'-DUR={min(un*2,63)}',f'-DU3={min(un,16)}'))
    FS=m.get_function('flat_scalar');FV=m.get_function('flat_vec');R=m.get_function('rows64');S=m.get_function('short_rows');F3=m.get_function('fma3')
    for n in (1<<28,1<<20):
        x=cp.random.rand(n,dtype=cp.float32); bufs=[cp.empty(max(1,n//4096+2),cp.float32),cp.empty(70000,cp.float32),cp.empty(64,cp.float32)]
        for nm,k in (('scalar',FS),('vec4',FV)):
            t=best(lambda:flat(k,x,n,bufs)); r=flat(k,x,n,bufs)[0]
            print('unroll',un,nm,n,'ms %.4f GB/s %.0f'%(t,4*n/t/1e6),float(r).hex())
        y=torch.as_tensor(x,device='cuda'); t=best(lambda:y.sum()); tc=best(lambda:x.sum()); print('   torch',t,'cupy',tc)
    for rows,cols in ((1000000,100),(16384,16384)):
        x=cp.random.rand(rows*cols,dtype=cp.float32); b=[cp.empty(rows*cols//64+cols*2,cp.float32),cp.empty(rows*cols//4096+cols*2,cp.float32),cp.empty(rows*cols//200000+cols*2,cp.float32),cp.empty(cols*4,cp.float32)]
        def f():
            s=x;r=rows;i=0
            while r>1:
                g=(r+63)//64; R(((g*cols+255)//256,),(256,),(s,b[i],np.int64(r),np.int64(cols),np.int64(g*cols))); s=b[i]; r=g;i+=1
        t=best(f); x2=x.reshape(rows,cols); y=torch.as_tensor(x2,device='cuda'); print('axis0',rows,cols,'ms %.4f GB/s %.0f'%(t,4*rows*cols/t/1e6),'torch',best(lambda:y.sum(0)),'cupy',best(lambda:x2.sum(0)))
        if cols<=128:
            o=cp.empty(rows,cp.float32); t=best(lambda:S(((rows+7)//8,),(256,),(x,o,np.int64(rows),np.int32(cols)))); print('axis1',rows,cols,'ms %.4f GB/s %.0f'%(t,4*rows*cols/t/1e6),'torch',best(lambda:y.sum(1)),'cupy',best(lambda:x2.sum(1)))
    n=1<<28; A=cp.random.rand(n,dtype=cp.float32);B=cp.random.rand(n,dtype=cp.float32);C=cp.random.rand(n,dtype=cp.float32); bufs=[cp.empty(n//4096+2,cp.float32),cp.empty(70000,cp.float32),cp.empty(64,cp.float32)]
    def g():
        F3((n//4096//8,),(256,),(A,B,C,bufs[0],np.int64(n))); flat(FS,bufs[0],n//4096,bufs[1:])
    t=best(g); print('fma3 ms %.4f GB/s %.0f'%(t,12*n/t/1e6))
    del A,B,C
